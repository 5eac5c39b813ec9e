"""Official form 1-M of the Committee on Legal Statistics: workbooks of the regions in, national sums and rates out."""

from izker.figures.form_1m.combine import Form1MImport, RegionRow, combine, import_form_1m
from izker.figures.form_1m.workbook import Form1M, read_workbook

__all__ = ["Form1M", "Form1MImport", "RegionRow", "combine", "import_form_1m", "read_workbook"]
