"""Splink 5.0.0 on the same data, run by an interpreter that has it: `python splink_models.py historical|payments FOLDER`.

Every setting is the published one of Splink's own examples for these two data sets (repository
moj-analytical-services/splink, MIT licence, commit 57ec08795b81a7ef41bca2a6bbb206548ee0c694, the Splink 5 form):
docs/demos/examples/duckdb/deduplicate_50k_synthetic.nb.py and docs/demos/examples/duckdb/transactions.nb.py. Blocking
rules, comparisons, the deterministic rules with recall 0.6, the pairs sampled for u (5e6 and 1e6), the EM sessions and
the threshold of the clusters (0.95) are theirs; nothing was tuned. One thing is left out, for speed's sake in Splink's
favour: the intermediate columns that their charts need.

The payments example blocks on `unique_id` too and calls that rule a cheat: in their data both sides of one payment have
the same id, so the rule brings every true pair to be scored. `payments` keeps it, `payments_fair` leaves it out.
Prints one line of JSON: seconds end to end (reading to clusters or pairs) and pair counts at several thresholds.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as parquet
import splink.comparison_level_library as cll  # type: ignore[import-not-found]
import splink.comparison_library as cl  # type: ignore[import-not-found]
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999)


def table(path: Path) -> Any:
    return duckdb.read_parquet(str(path)).df()


def make(api: Any, tables: dict[str, Any], settings: Any) -> Any:
    frames = [api.register(t, dataset_display_name=name or None) for name, t in tables.items()]
    return Linker(frames if len(frames) > 1 else frames[0], settings)


def historical(folder: Path) -> dict[str, Any]:
    started = time.perf_counter()
    frame = table(folder / "historical_figures_with_errors_50k.parquet")
    frame["first_name_surname_concat"] = frame["first_name"] + " " + frame["surname"]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on("dob", "birth_place"),
            block_on("substr(postcode_fake,1,3)", "dob"),
            block_on("substr(postcode_fake,1,3)", "first_name"),
            block_on("substr(postcode_fake,1,3)", "surname"),
            block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ],
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="first_name_surname_concat"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
    )
    linker = make(DuckDBAPI(), {"": frame}, settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [
            block_on("first_name", "surname", "dob"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
            block_on("dob", "postcode_fake"),
        ],
        recall=0.6,
    )
    training.estimate_u_using_random_sampling(max_pairs=5e6)
    for rule in (block_on("first_name", "surname"), block_on("dob")):
        training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)
    predictions = linker.inference.predict()
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold_match_probability=0.95)
    seconds = time.perf_counter() - started
    out: dict[str, Any] = {"seconds": seconds, "pairs": [], "clusters": []}
    pairs = predictions.as_pandas_dataframe()
    cluster_of = frame.set_index("unique_id")["cluster"]
    same = cluster_of.loc[pairs["unique_id_l"]].to_numpy() == cluster_of.loc[pairs["unique_id_r"]].to_numpy()
    probability = pairs["match_probability"].to_numpy()
    for threshold in THRESHOLDS:
        chosen = probability >= threshold
        out["pairs"].append([threshold, int(same[chosen].sum()), int(chosen.sum())])
    for threshold in (0.5, 0.95, 0.99, 0.9999):
        found = (
            clusters if threshold == 0.95 else linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold_match_probability=threshold)
        )
        out["clusters"].append([threshold, *counted(found.as_pandas_dataframe())])
    out["true_pairs"] = int((frame.groupby("cluster").size() * (frame.groupby("cluster").size() - 1) // 2).sum())
    return out


def counted(frame: Any) -> list[int]:
    sizes = [frame.groupby(keys).size() for keys in (["cluster", "cluster_id"], ["cluster_id"])]
    return [int((size * (size - 1) // 2).sum()) for size in sizes]


def _days(most: int) -> Any:
    """One-sided: money arrives after it has left."""
    between = f"transaction_date_r - transaction_date_l <= {most} and transaction_date_r >= transaction_date_l"
    return cll.CustomLevel(between, label_for_charts=f"<={most} days")


def payments(folder: Path, *, cheat: bool = True) -> dict[str, Any]:
    started = time.perf_counter()
    left, right = (parquet.read_table(folder / f"transactions_{side}.parquet") for side in ("origin", "destination"))  # dates stay dates
    amount = cl.CustomComparison(
        output_column_name="amount",
        comparison_levels=[
            cll.NullLevel("amount"),
            cll.ExactMatchLevel("amount"),
            *(cll.PercentageDifferenceLevel("amount", share) for share in (0.01, 0.03, 0.1, 0.3)),
            cll.ElseLevel(),
        ],
    )
    dates = cl.CustomComparison(
        output_column_name="transaction_date",
        comparison_levels=[cll.NullLevel("transaction_date"), *(_days(most) for most in (1, 4, 10, 30)), cll.ElseLevel()],
    )
    near = "substr(l.memo,1,3) = substr(r.memo,1,3) and l.amount/r.amount > 0.7 and l.amount/r.amount < 1.3"
    settings = SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=1 / len(left),
        blocking_rules_to_generate_predictions=[
            f"strftime(l.transaction_date, '%Y%m') = strftime(r.transaction_date, '%Y%m') and {near}",
            f"strftime(l.transaction_date+15, '%Y%m') = strftime(r.transaction_date, '%Y%m') and {near}",
            block_on("substr(memo,1,9)"),
            "round(l.amount/2,0)*2 = round(r.amount/2,0)*2 and yearweek(r.transaction_date) = yearweek(l.transaction_date)",
            "round(l.amount/2,0)*2 = round((r.amount+1)/2,0)*2 and yearweek(r.transaction_date) = yearweek(l.transaction_date + 4)",
            *([block_on("unique_id")] if cheat else []),
        ],
        comparisons=[amount, cl.LevenshteinAtThresholds("memo", [2, 6, 10]), dates],
    )
    linker = make(DuckDBAPI(), {"__ori": left, "_dest": right}, settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for column in ("memo", "amount"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    predictions = linker.inference.predict(threshold_match_probability=THRESHOLDS[0])
    seconds = time.perf_counter() - started
    pairs = predictions.as_pandas_dataframe()
    names = pairs["source_dataset_l"].astype(str)
    truth_l, truth_r = (
        t.to_pandas().set_index("unique_id")["ground_truth"].loc[pairs[f"unique_id_{side}"]].to_numpy() for t, side in ((left, "l"), (right, "r"))
    )
    if names.nunique() > 1:
        raise SystemExit("sources mixed on one side")
    same, probability = truth_l == truth_r, pairs["match_probability"].to_numpy()
    out: dict[str, Any] = {"seconds": seconds, "true_pairs": len(left), "pairs": []}
    for threshold in THRESHOLDS:
        chosen = probability >= threshold
        out["pairs"].append([threshold, int(same[chosen].sum()), int(chosen.sum())])
    pairs["same"] = same
    best = pairs.sort_values("match_probability", ascending=False).drop_duplicates("unique_id_l").drop_duplicates("unique_id_r")
    out["one_to_one"] = [int(best["same"].sum()), len(best)]
    return out


if __name__ == "__main__":
    logging.getLogger("splink").setLevel(logging.ERROR)
    models = {"historical": historical, "payments": payments, "payments_fair": partial(payments, cheat=False)}
    print(json.dumps(models[sys.argv[1]](Path(sys.argv[2]))))
