"""What the gateway counts, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """One registry per application, so that tests do not share counters."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "gateway_requests", "HTTP requests.", ["method", "route", "status"], registry=self.registry
        )
        self.conversations = Counter("gateway_conversations", "Conversations opened.", registry=self.registry)
        self.messages = Counter("gateway_messages", "Messages saved.", ["kind"], registry=self.registry)
        self.owners = Counter(
            "gateway_owner_changes", "Changes of the owner, by the new one.", ["owner"], registry=self.registry
        )
        self.turns = Histogram(
            "gateway_turn_seconds",
            "From the start of work on a turn to its saved answer.",
            ["outcome"],
            buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120),
            registry=self.registry,
        )
        self.sockets = Gauge("gateway_sockets", "Open sockets and long polls.", registry=self.registry)
        self.news = Counter(
            "gateway_news", "News from the backend, by what became of it.", ["type", "state"], registry=self.registry
        )
        self.outbox = Gauge("gateway_outbox_entries", "Tickets that wait for the backend.", registry=self.registry)
