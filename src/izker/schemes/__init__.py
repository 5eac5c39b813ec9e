"""Schemes: what kinds of fraud there are, and which one a text tells of."""

from izker.schemes.classifier import Classifier, Verdict, classify
from izker.schemes.taxonomy import Facet, Scheme, facets, ministry_class, taxonomy

__all__ = ["Classifier", "Facet", "Scheme", "Verdict", "classify", "facets", "ministry_class", "taxonomy"]
