from django.db import migrations

from izker.server.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [AppendOnly("registry_registrystep")]
