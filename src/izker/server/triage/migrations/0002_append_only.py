from django.db import migrations

from izker.server.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("triage", "0001_initial")]
    operations = [AppendOnly("triage_triagerules")]
