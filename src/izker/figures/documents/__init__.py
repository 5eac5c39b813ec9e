"""Documents made of figures: the answer to deputies as PDF and DOCX, the workbook, the table of the terminal."""

from izker.figures.documents.content import Answer, addressee, answer
from izker.figures.documents.pdf import write_pdf
from izker.figures.documents.word import write_docx
from izker.figures.documents.workbook import write_xlsx

__all__ = ["Answer", "addressee", "answer", "write_docx", "write_pdf", "write_xlsx"]
