from django.db import migrations

from izker.server.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("analysis", "0002_new_schemes")]
    operations = [AppendOnly("analysis_clusterstep")]
