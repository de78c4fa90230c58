"""The intent model, tried without Rasa."""


def test_it_ranks_the_intent_of_a_near_sentence_first(in_rasa):
    found = in_rasa("print(json.dumps([model().rank(t)[0][0] for t in ('付了钱没收到', 'an agent please', '红烧鱼怎么做')]))")
    assert found == ["paid_not_received", "request_human", "out_of_scope"]


def test_chances_sum_to_one_and_fall(in_rasa):
    chances = in_rasa("print(json.dumps([c for _, c in model().rank('转人工')]))")
    assert abs(sum(chances) - 1) < 1e-6
    assert chances == sorted(chances, reverse=True)


def test_a_message_without_known_features_does_not_fail(in_rasa):
    assert len(in_rasa("print(json.dumps(model().rank('ж')))")) == 3


def test_the_bonus_makes_more_messages_out_of_scope(in_rasa):
    low, high = in_rasa("print(json.dumps([dict(model(bonus=b).rank('钱没来'))['out_of_scope'] for b in (0.0, 1.0)]))")
    assert low < high


def test_a_saved_model_ranks_as_before_and_holds_no_pickle(in_rasa):
    lines = """
first = model()
with tempfile.TemporaryDirectory() as folder:
    first.save(Path(folder))
    names = sorted(each.name for each in Path(folder).iterdir())
    second = LinearModel.load(Path(folder))
texts = ["付了钱没到", "weather please", "人工", ""]
print(json.dumps([names, [first.rank(t) for t in texts], [second.rank(t) for t in texts]]))
"""
    names, before, after = in_rasa(lines)
    assert names == ["about.json", "arrays.npz"]
    assert before == after


def test_a_missing_model_is_a_plain_error(in_rasa):
    lines = """
try:
    LinearModel.load(Path("nowhere"))
except (OSError, ValueError) as error:
    print(json.dumps(True))
"""
    assert in_rasa(lines) is True
