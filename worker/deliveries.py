"""What a consumer of the transport has in hand: acknowledged, handed back or put aside, one by one."""

from collections.abc import Iterable
from typing import Any

from kombu.transport import redis, virtual


class QoS(redis.QoS):  # type: ignore[misc]  # kombu is untyped
    """Which delivery stands for which message in which held list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken: dict[str, tuple[str, bytes]] = {}  #: delivery tag -> queue key, message as sent
        self.why: dict[str, str] = {}  #: delivery tag -> why its task, or the consumer, is about to reject it

    def append(self, message: Any, delivery_tag: str) -> None:
        virtual.QoS.append(self, message, delivery_tag)  # the server knows since it was taken

    def ack(self, delivery_tag: str) -> None:
        # No entry: handed back already (a closed channel, a second acknowledgement).
        if (entry := self.taken.get(delivery_tag)) is not None:
            self.channel.strike_out(*entry)
        self.forget(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002  # kombu's signature
        if (entry := self.taken.get(delivery_tag)) is not None:
            if requeue:
                # By its task, for a reason that others may not have; else its process died, and it is next.
                self.channel.hand_back(entry, behind=delivery_tag in self.why)
            else:  # an unknown task, arguments that are none, another content type: for a person to look at
                self.channel.put_aside(*entry, self.why.get(delivery_tag, ""))
        self.forget(delivery_tag)

    def hand_back_all_but(self, tags: Iterable[str]) -> None:
        """Hand back now what was prefetched and will not be worked on; the oldest is next again."""
        busy = set(tags)
        idle = [tag for tag in self.taken if tag not in busy]
        if idle:
            self.channel.hand_back(*(self.taken[tag] for tag in reversed(idle)))
        for tag in idle:
            self.forget(tag)

    def forget(self, tag: str) -> None:
        # Last of all: where the server cannot be reached, the message stays held and is handed on.
        self.taken.pop(tag, None)
        self.why.pop(tag, None)
        virtual.QoS.ack(self, tag)

    def restore_unacked(self, client: object = None) -> None:  # noqa: ARG002
        self.channel.keep(give_back=True)
        self.taken.clear()
        self.why.clear()
        self._delivered.clear()
        self._dirty.clear()

    def restore_visible(self, *_: object, **__: object) -> None:
        self.channel.keep()  # kombu calls this at start-up and every now and then
