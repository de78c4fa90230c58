"""Runs in Python 3.10 inside the Rasa server: the intent classifier of config.yml around the linear model."""

import hashlib
import logging
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Dict, List, Optional, Text, Tuple, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from rasa_ext.linear import LinearModel, Options
from rasa_ext.sure import sure_intent

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Ranks the intents of a message; buttons and pictures name their intent themselves and are not learned."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {**asdict(Options()), "ranking_length": 10, "not_learned": [], "more_examples": None}

    @staticmethod
    def fingerprint_addon(config: Dict[Text, Any]) -> Optional[Text]:
        """Rasa trains again when this text changes; it does not see the file of `more_examples` otherwise."""
        path = config.get("more_examples")
        return hashlib.sha256(Path(path).read_bytes()).hexdigest() if path else None

    @classmethod
    def required_components(cls) -> List[Type]:
        return []

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[LinearModel] = None,
    ) -> None:
        self.config = config
        self.model = model
        self._storage = model_storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LinearIntentClassifier":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [
            (each.get(TEXT), each.get(INTENT))
            for each in training_data.intent_examples
            if each.get(TEXT) and each.get(INTENT) not in self.config["not_learned"]
        ]
        examples += self._more_examples()
        if len({intent for _, intent in examples}) < 3:
            logger.warning("Fewer than three intents have examples; the intent classifier is not trained.")
            return self._resource
        self.model = LinearModel.train(
            [text for text, _ in examples],
            [intent for _, intent in examples],
            [(each["name"], each["pattern"]) for each in training_data.regex_features],
            Options(**{each.name: self.config[each.name] for each in fields(Options)}),
        )
        with self._storage.write_to(self._resource) as folder:
            self.model.save(folder)
        return self._resource

    def _more_examples(self) -> List[Tuple[Text, Text]]:
        """`(text, intent)` from lines `intent<TAB>text`; Rasa's own reader takes a minute for as many."""
        path = self.config["more_examples"]
        lines = Path(path).read_text(encoding="utf-8").splitlines() if path else []
        return [(text, intent) for intent, text in (line.split("\t", 1) for line in lines)]

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> "LinearIntentClassifier":
        try:
            with model_storage.read_from(resource) as folder:
                return cls(config, model_storage, resource, LinearModel.load(folder))
        except (ValueError, OSError):
            logger.warning("The intent classifier was not trained; every message will be a fallback.")
            return cls(config, model_storage, resource)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            sure = sure_intent(text) if text else None
            ranking = [(sure, 1.0)] if sure else self.model.rank(text) if self.model and text else []
            found = [{"name": name, "confidence": chance} for name, chance in ranking[: self.config["ranking_length"]]]
            message.set("intent", found[0] if found else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set("intent_ranking", found, add_to_output=True)
        return messages
