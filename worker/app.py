"""The Celery app: every setting with its reason beside it."""

import ssl
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from celery import Celery, bootsteps
from celery.schedules import schedule
from celery.worker.state import active_requests
from kombu import Exchange, Queue

from newsloom import __version__
from newsloom.mailbox import LOOK_TASK, Running, upkeep_of
from newsloom.settings import Settings
from newsloom.worker import transport
from newsloom.worker.alive import Lives
from newsloom.worker.beat import Beats, steady

#: What the command line of every worker adds: workers need not know of each other (gossip, mingle),
#: and nothing listens to their heartbeats; the lease is what tells that one died.
WORKER_ARGS: Final = ("--without-gossip", "--without-mingle", "--without-heartbeat")


class HandBack(bootsteps.StartStopStep):  # type: ignore[misc]  # celery is untyped
    """On SIGTERM, gives back at once what is in no child's hands, not after the last task is done."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def stop(self, consumer: Any) -> None:
        if consumer.connection and consumer.task_consumer:  # neither after a lost connection
            channel = consumer.task_consumer.channel
            consumer.task_consumer.cancel()  # takes nothing more; the channel stays, to acknowledge
            channel.qos.hand_back_all_but(request.message.delivery_tag for request in active_requests)


class NoticeDeaths(bootsteps.StartStopStep):  # type: ignore[misc]
    """Looks after the children every second.

    The end of a child's pipe wakes the parent a moment before the child can be waited for; what
    was missed then, Celery looks for every 5 s, with the process unreplaced and its message unreturned.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def register_with_event_loop(self, consumer: Any, hub: Any) -> None:
        hub.call_repeatedly(1.0, consumer.pool.maintain_pool)


def consumer_url(redis_url: str) -> str:
    """Spell a redis://, rediss:// or unix:// address for newsloom's transport."""
    parts = urlsplit(redis_url)
    # kombu takes no other options; the time-outs of the queue are those below.
    options = {
        name: value for name, value in parse_qsl(parts.query) if name == "db" or name.startswith("ssl_")
    }
    scheme, path = transport.SCHEME, parts.path
    if parts.scheme == "unix":
        scheme += "+socket"
        options["virtual_host"] = options.pop("db", "0")
    elif number := options.pop("db", path.strip("/")):
        path = f"/{number}"
    return f"{scheme}://{parts.netloc}{path}" + (f"?{urlencode(options)}" if options else "")


def make_app(broker_url: str, settings: Settings, running: str = "") -> Celery:
    """Build the app of one broker; ``broker_url`` as redis-py writes it, ``running`` is what its workers say of themselves."""
    app = Celery("newsloom", set_as_current=False)
    upkeep = upkeep_of(settings.queue)
    app.steps["consumer"].update((HandBack, NoticeDeaths, Beats, Lives))
    app.conf.update(
        broker_url=consumer_url(broker_url),
        # Told by the scheme, which newsloom's transport does not see; an address may say more
        # (?ssl_ca_certs=...), which then takes the place of this.
        broker_use_ssl={"ssl_cert_reqs": ssl.CERT_REQUIRED} if broker_url.startswith("rediss://") else None,
        broker_transport_options={
            # How long after a death its messages are handed on.
            "lease_s": settings.lease_s,
            # An idle worker takes an article at once; upkeep can wait a second.
            "awaited_queue": settings.queue,
            # Who looks from outside sees whether all workers decide alike.
            "running": running,
            # A host that vanished without a word must not be waited for for ever.
            "socket_timeout": 30,
            "socket_connect_timeout": 10,
            "socket_keepalive": True,
        },
        # -- what may come in ---------------------------------------------------------------------
        # Whoever can write to the queue must not be able to run code: no pickle, no YAML.
        accept_content=["json"],
        task_default_queue=settings.queue,
        # Direct, and named like the queue: what a bare send_task(queue=...) would declare as well.
        # Upkeep has a queue of its own: it must not wait until all articles are done.
        task_queues=[Queue(name, Exchange(name), routing_key=name) for name in (settings.queue, upkeep)],
        task_routes={LOOK_TASK: {"queue": upkeep}},
        # A misspelt queue shall fail where it is written, not fill a list that nobody reads.
        task_create_missing_queues=False,
        # What became of a file is a decision record; a result nobody reads would only cost memory.
        task_ignore_result=True,
        # Remote control knows no queues: by Celery's own name for it, another app on the server that ends its
        # workers would end these.
        control_exchange="newsloom.celery",
        # -- no message is lost, whatever dies --------------------------------------------------------
        # Acknowledge after the work: until then the message stands in the held list.
        task_acks_late=True,
        # A child that was killed (OOM, SIGKILL): back to the queue, each time. Celery does not count;
        # newsloom does, and refuses the file after max_attempts.
        task_reject_on_worker_lost=True,
        # The hard limit kills the child as well: back to the queue, counted in the same way.
        task_acks_on_timeout=False,
        # An exception was raised and logged: to run it again would raise it again. False would not
        # requeue, only drop it as rejected. What deserves another try, or to be kept, the task rejects by itself.
        task_acks_on_failure=True,
        # -- how much at a time --------------------------------------------------------------------
        # A message may hold hundreds of files: nothing is put by while another worker is idle.
        worker_prefetch_multiplier=1,
        worker_concurrency=settings.concurrency,
        # Processes (prefork), not threads: the work is CPU, and only a process can be killed at a limit.
        worker_pool="newsloom.worker.pool:TaskPool",
        # The soft one raises in the task, which can still say which file it was.
        task_soft_time_limit=settings.soft_time_limit_s,
        task_time_limit=settings.hard_time_limit_s,
        # Parsers of strange HTML leak and fragment. Checked between tasks, so it interrupts none. About twice what
        # a child holds that met 42 languages, lest one be replaced for the words that it remembers.
        worker_max_memory_per_child=1_000_000,  # KiB
        # -- what is due now and then -----------------------------------------------------------------
        # Every worker beats, and so may `celery -A newsloom.worker.app beat`: one look at a time is
        # taken, and a message that nobody came to within a period is one too many.
        beat_schedule={
            "second-look": {
                "task": LOOK_TASK,
                "schedule": schedule(settings.look_every_s, nowfun=steady),
                "options": {"expires": settings.look_every_s},
            }
        }
        if settings.look_every_s
        else {},
        # What beat could not send it sends after the next period; to try again would hold the worker up.
        task_publish_retry=False,
        # -- the server goes and comes back ----------------------------------------------------------
        # For ever: giving up would need someone to start the worker again.
        broker_connection_retry=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A server that turns a command down (out of memory, read-only) will take it one day.
        broker_channel_error_retry=True,
        # Work goes on through a reconnection. The message comes again, which a commit bears;
        # to kill the child would lose the work and count as an attempt that ended in a death.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        # What no task can be made of is kept, in <queue>:refused.
        worker_consumer="newsloom.worker.consumer:Consumer",
        # -- the end -----------------------------------------------------------------------------------
        # SIGTERM: the files in hand are finished, the rest of their message goes back, others at once (HandBack). SIGQUIT, or the
        # second Ctrl-C: this long for what is in hand, then it goes back too.
        worker_soft_shutdown_timeout=10.0,
        # -- what only costs -----------------------------------------------------------------------
        # The records in the stream and the log tell what happens; task events would tell it a third time.
        worker_send_task_events=False,
        task_send_sent_event=False,
        # signals.py sets the logging up; Celery would take the root logger for itself.
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
    )
    return app


def __getattr__(name: str) -> Celery:
    """``newsloom.worker.app.app``, ready to run, built when first asked for: building needs a server."""
    if name != "app":
        raise AttributeError(name)
    from newsloom.bootstrap import broker_url, policy, settings
    from newsloom.worker import signals, tasks  # noqa: F401  # the signals connect by being imported

    globals()["app"] = made = make_app(broker_url(), settings(), str(Running(policy().version, __version__)))
    tasks.register(made)
    return made
