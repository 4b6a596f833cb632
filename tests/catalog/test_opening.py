from forecastle.catalog.catalog import Catalog
from forecastle.core.settings import ServiceSettings


def test_opens(tmp_path, database_url):
    settings = ServiceSettings(data_dir=tmp_path, database_url=database_url)
    catalog = Catalog.open(settings, migrate=True)
    assert catalog.workers.list() == []
    catalog.close()
