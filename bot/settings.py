"""Every setting of the helpdesk, read once from the environment and `.env`."""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """The settings of all four processes; names in the environment carry the prefix `DAOZHANG_`.

    Times are seconds unless the name says otherwise. Raises pydantic's `ValidationError` on a bad value.
    """

    model_config = SettingsConfigDict(env_prefix="DAOZHANG_", env_file=ROOT / ".env", extra="ignore")

    demo: bool = True
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    var_dir: Path = ROOT / "var"
    secret_key: SecretStr = SecretStr("")

    gateway_host: str = "127.0.0.1"
    gateway_port: int = Field(8000, ge=1, le=65535)
    backend_port: int = Field(8001, ge=1, le=65535)
    rasa_port: int = Field(5005, ge=1, le=65535)
    actions_port: int = Field(5055, ge=1, le=65535)

    # Where the other processes reach the backend, and the gateway reaches Rasa.
    backend_url: str = ""
    rasa_url: str = ""

    backend_database_url: str = ""
    gateway_database_url: str = ""
    rasa_database_url: str = ""

    # The gateway
    public_url: str = ""
    gateway_url: str = ""
    allowed_origins: list[str] = []
    identity_secret: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")
    trusted_proxies: int = Field(0, ge=0)
    bot_timeout: float = Field(20.0, gt=0)
    bot_delayed_after: float = Field(8.0, gt=0)
    bot_unavailable_after: float = Field(90.0, gt=0)
    messages_per_minute: int = Field(40, gt=0)
    conversations_per_minute: int = Field(30, gt=0)
    resume_tries_of_address: int = Field(24, gt=0)
    picture_link_seconds: int = Field(600, gt=0)

    # Telegram
    telegram_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_timeout: float = Field(20.0, gt=0)
    # The forum supergroup in which the staff can work, too; 0: none.
    telegram_staff_chat: Annotated[int, BeforeValidator(lambda value: value or 0)] = 0
    telegram_staff_language: Literal["zh", "en"] = "zh"

    # The desk
    desk_hours: str = "00:00-24:00"
    desk_days: list[Annotated[int, Field(ge=1, le=7)]] = [1, 2, 3, 4, 5, 6, 7]
    desk_booked_minutes: int = Field(60, gt=0)
    desk_first_answer_minutes: int = Field(3, gt=0)
    desk_next_answer_minutes: int = Field(5, gt=0)
    desk_minutes_per_case: float = Field(5.0, gt=0)
    desk_silent_minutes: float = Field(10.0, gt=0)
    handoff_amount: Decimal = Field(Decimal("0.00"), ge=0)

    # The backend
    proof_ttl: int = Field(1800, gt=0)
    verify_tries: int = Field(3, gt=0)
    verify_tries_of_address: int = Field(40, gt=0)
    verify_lockout: int = Field(1800, gt=0)
    verify_floor: float = Field(0.15, ge=0)
    delivery_window_minutes: int = Field(30, gt=0)
    manual_window_hours: int = Field(24, gt=0)
    reply_promise_hours: int = Field(24, gt=0)
    close_after_days: int = Field(7, gt=0)
    legal_amount: Decimal = Decimal("500.00")
    second_approval_above: Decimal = Decimal("200.00")
    approval_hours: int = Field(24, gt=0)
    requery_minutes: list[Annotated[int, Field(gt=0)]] = [1, 5, 10]
    incident_cases: int = Field(5, ge=2)
    incident_minutes: int = Field(30, gt=0)
    shop_webhook_secret: SecretStr = SecretStr("")
    amount_tolerance: Decimal = Decimal("0.00")
    hub_amount_tolerance: Decimal = Decimal("0.10")
    upload_max_bytes: int = Field(10_000_000, gt=0)
    upload_max_pixels: int = Field(25_000_000, gt=0)
    evidence_reading: bool = True
    evidence_retention_days: int = Field(180, gt=0)

    @model_validator(mode="after")
    def _fill_defaults(self) -> Self:
        """Databases default to SQLite files below `var_dir`; an empty secret is kept in a file there."""
        for name in ("backend", "gateway", "rasa"):
            if not getattr(self, f"{name}_database_url"):
                driver = "sqlite" if name == "rasa" else "sqlite+aiosqlite"
                setattr(self, f"{name}_database_url", f"{driver}:///{self.var_dir.resolve() / f'{name}.db'}")
        everywhere = self.gateway_host in ("0.0.0.0", "::")  # noqa: S104
        host = "127.0.0.1" if everywhere else self.gateway_host
        for name in ("public_url", "gateway_url"):
            if not getattr(self, name):
                setattr(self, name, f"http://{host}:{self.gateway_port}")
        self.backend_url = self.backend_url or f"http://127.0.0.1:{self.backend_port}"
        self.rasa_url = self.rasa_url or f"http://127.0.0.1:{self.rasa_port}"
        return self

    @model_validator(mode="after")
    def _check_telegram(self) -> Self:
        """A token that is none and a secret that Telegram would refuse are found at the start."""
        token, secret = self.telegram_token.get_secret_value(), self.telegram_webhook_secret.get_secret_value()
        if token and not re.fullmatch(r"[0-9]{1,18}:[A-Za-z0-9_-]{3,}", token):
            raise ValueError("DAOZHANG_TELEGRAM_TOKEN is no token of BotFather, like 123456:ABC-DEF")
        if self.telegram_staff_chat > 0:
            raise ValueError("DAOZHANG_TELEGRAM_STAFF_CHAT is no id of a supergroup, like -1001234567890")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise ValueError("DAOZHANG_TELEGRAM_WEBHOOK_SECRET may have letters, digits, _ and -, at most 256")
        return self

    @property
    def actions_url(self) -> str:
        """Where Rasa reaches the action server."""
        return f"http://127.0.0.1:{self.actions_port}"

    def derived_key(self, purpose: str) -> str:
        """A key for one purpose (64 hex digits), derived from the secret key by HMAC-SHA256."""
        return hmac.new(self._secret().encode(), purpose.encode(), hashlib.sha256).hexdigest()

    def _secret(self) -> str:
        if self.secret_key.get_secret_value():
            return self.secret_key.get_secret_value()
        path = self.var_dir / "secret.key"
        if not path.exists():
            _write_secret(path)
        found = path.read_text().strip()
        if not found:
            raise ValueError(f"{path} is empty; remove it to get a new secret, or set DAOZHANG_SECRET_KEY")
        return found


def _write_secret(path: Path) -> None:
    """A new secret that appears whole or not at all; of several processes at once the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix="secret-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(name)
    finally:
        Path(name).unlink()
