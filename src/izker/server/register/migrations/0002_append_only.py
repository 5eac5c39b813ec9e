from django.db import migrations

from izker.server.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]
    operations = [AppendOnly("register_event")]
