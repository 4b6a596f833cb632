from forecastle.jobs.queues import QUEUES
from forecastle.jobs.registry import JOBS


def test_every_job_has_a_queue_and_every_queue_its_jobs():
    assert QUEUES.keys() == JOBS.keys()
