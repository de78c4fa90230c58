"""How each action may end, so that a run of conversation tests can say which ends were never seen.

An outcome is told by its signs, of which one is enough: a sentence that was said (`*` stands for anything), or what
else the action did: `handoff:` with the reason, `draft` (a report for the gateway's outbox), `asked` (a form asks a
question), `ended` (a form is over), `left` (a form gives way to a rule), `silent` (nothing was said).
"""

from collections.abc import Mapping

Outcomes = Mapping[str, tuple[str, ...]]

_ASIDE = (
    "utter_pay_again", "utter_about_bot", "utter_about_us", "utter_causes", "utter_once_more",
    "utter_picture_awaited", "utter_how_long",
    "utter_here",
    "utter_bill_corrected", "utter_ticket_status",
)  # fmt: skip
_ERROR = (
    "utter_lookup_failed", "utter_lookup_human", "utter_not_found", "utter_proof_expired", "utter_already_sent",
    "utter_too_fast", "utter_value_refused",
)  # fmt: skip
_NEWS = ("utter_reply_sent", "utter_reply_closed")
_QUESTION = ("utter_self_check*", "utter_cause*", "utter_prevention", "utter_payment_limit", "utter_how_to_topup")

# What every form does, whatever it asks for.
_FORM: Outcomes = {
    "asked": ("asked",),
    "complete": ("ended",),
    "left": ("left",),
    "question answered": _QUESTION,
    "aside answered": (
        "utter_pay_again",
        "utter_about_bot",
        "utter_about_us",
        "utter_once_more",
        "utter_picture_awaited",
        "utter_how_long",
    ),
}
# Forms whose answers must be of a kind.
_STRICT: Outcomes = {
    **_FORM,
    "language switched": ("utter_language_switched_*",),
    "unreadable": ("utter_*_unreadable", "utter_part_unclear", "utter_report_unclear", "utter_choose_part"),
    "helped": ("utter_field_help_human",),
    "polite": ("utter_here_short", "utter_thanks_short"),
    "picture taken": ("utter_picture_*",),
    "complaint soothed": ("utter_sorry",),
    "time given": ("utter_take_time",),
}

OUTCOMES: Mapping[str, Outcomes] = {
    "validate_order_form": {
        **_STRICT,
        "calmed": ("utter_calm_*",),
        "hurried": ("utter_hurry",),
        "number missing": ("utter_order_no_missing",),
        "bill corrected": ("utter_bill_corrected",),
    },
    "validate_payment_form": {**_STRICT, "conflict": ("handoff:conflict",)},
    "validate_report_form": {**_STRICT, "bill corrected": ("utter_bill_corrected",)},
    "validate_rating_form": {**_FORM, "polite": ("utter_here_short",), "language switched": ("utter_language_*",)},
    "validate_reply_form": {**_FORM, "polite": ("utter_here_short",), "language switched": ("utter_language_*",)},
    "action_check_order": {
        "diagnosed": ("utter_diagnosis_*",),
        "unchanged": ("utter_checked_again",),
        "next step": ("utter_next_*",),
        "ticket known": ("utter_open_ticket_known",),
        "incident known": ("utter_incident_known",),
        "kind of fault asked": ("utter_wrong_info_kind",),
        "other order noted": ("utter_other_order",),
        "not proven": ("utter_verify_failed",),
        "identity refused": ("utter_identity_refused",),
        "locked": ("utter_verify_locked",),
        "proof expired": ("utter_proof_expired",),
        "claim compared": ("utter_verdict_*",),
        "picture compared": ("utter_picture_*",),
        "conflict": ("handoff:conflict",),
        "aside answered": _ASIDE,
        "not charged": ("utter_not_charged",),
        "not understood": ("handoff:not_understood",),
        "ticket told": ("utter_ticket_status", "utter_no_ticket"),
        "news answered": _NEWS,
        "error": tuple(each for each in _ERROR if each != "utter_proof_expired"),
    },
    "action_check_payment": {
        "matched": ("utter_verdict_matched",),
        "claimed": ("utter_verdict_claimed",),
        "incomplete": ("utter_verdict_incomplete",),
        "conflict": ("utter_verdict_conflict",),
        "leads to the order": ("utter_payment_leads_to_order",),
        "not charged": ("utter_not_charged",),
        "not understood": ("handoff:not_understood",),
        "said in the form": ("silent",),
        "error": _ERROR,
    },
    "action_open_ticket": {
        "opened": ("utter_ticket_opened",),
        "joined": ("utter_ticket_joined",),
        "large sum": ("handoff:amount",),
        "saved": ("draft",),
        "cancelled": ("utter_report_cancelled",),
        "not understood": ("handoff:not_understood",),
        "error": _ERROR,
    },
    "action_check_ticket": {
        "told": ("utter_ticket_status",),
        "others named": ("utter_ticket_others",),
        "none": ("utter_no_ticket",),
        "error": _ERROR,
    },
    "action_confirm_delivery": {
        "arrived": ("utter_arrived",),
        "arrived, points asked": ("utter_arrived_rate",),
        "not arrived": ("utter_not_arrived",),
        "not arrived, ticket": ("utter_not_arrived_ticket",),
        "error": _ERROR,
    },
    "action_rate_case": {
        "good": ("utter_rating_thanks",),
        "bad": ("utter_rating_sorry",),
        "gone": ("utter_rating_gone",),
        "error": _ERROR,
    },
    "action_keep_rating": {
        "kept": ("utter_rating_comment_kept",),
        "no word": ("utter_rating_done",),
        "nothing rated": ("silent",),
        "error": _ERROR,
    },
    "action_reply_ticket": {
        "sent": ("utter_reply_sent",),
        "closed": ("utter_reply_closed",),
        "cancelled": ("utter_reply_cancelled",),
        "error": _ERROR,
    },
    "action_show_step3": {
        "shown": ("utter_step3_summary",),
        "not yet": ("utter_step3_not_yet", "utter_ticket_needs_you"),
        "closed": ("utter_ticket_closed",),
        "none": ("utter_no_ticket",),
        "error": _ERROR,
    },
    "action_resume_case": {
        "linked": ("utter_resume_linked",),
        "same": ("utter_resume_same",),
        "unknown": ("utter_resume_unknown",),
        "typo": ("utter_resume_typo",),
        "limited": ("utter_resume_limited",),
        "error": _ERROR,
    },
    "action_take_back": {
        "nothing known": ("utter_handed_back",),
        "ticket told": ("utter_ticket_status",),
        "next step": ("utter_next_*",),
        "order known": ("utter_what_next",),
    },
    "action_escalate": {
        "aside answered": _ASIDE,
        "third step": ("utter_step3_summary",),
        "not yet": ("utter_step3_not_yet", "utter_ticket_needs_you"),
        "human": ("handoff:angry",),
        "next step": ("utter_sorry",),
        "no order": ("utter_complain",),
        "error": _ERROR,
    },
    "action_request_human": {
        "called": ("handoff:customer_request",),
        "asked back": ("utter_ask_problem",),
        "aside answered": _ASIDE,
    },
    "action_switch_language": {
        "to Chinese": ("utter_language_switched_zh",),
        "to English": ("utter_language_switched_en",),
    },
    "action_repeat_offer": {"offer": ("utter_next_*",), "no offer": ("utter_what_next",)},
    "action_self_check": {
        "choice": ("utter_self_check",),
        "payment": ("utter_self_check_payment",),
        "account": ("utter_self_check_account",),
        "order": ("utter_self_check_order",),
    },
    "action_answer_question": {
        "prevention": ("utter_prevention",),
        "about us": ("utter_about_us",),
        "paying again": ("utter_pay_again",),
        "limits": ("utter_payment_limit",),
        "how to": ("utter_how_to_topup",),
        "ticket known": ("utter_open_ticket_known",),
    },
    "action_explain_cause": {"one": ("utter_cause_*",), "all": ("utter_causes",)},
    "action_read_picture": {
        "matched": ("utter_picture_matched",),
        "claimed": ("utter_picture_claimed",),
        "complete": ("utter_picture_complete",),
        "incomplete": ("utter_picture_incomplete",),
        "conflict": ("handoff:conflict",),
        "duplicate": ("utter_picture_duplicate",),
        "unreadable": ("utter_picture_unreadable",),
        "not a bill": ("utter_picture_not_a_bill",),
        "not needed": ("utter_picture_enough",),
        "noted": ("utter_picture_noted",),
        "other order": ("utter_picture_other_order",),
        "no order number": ("utter_picture_no_order_no",),
        "added to the ticket": ("utter_picture_added",),
        "another wanted": ("utter_picture_again",),
        "not read": ("utter_picture_unread",),
    },
    "action_decline_offer": {
        "declined": ("utter_declined",),
        "not charged": ("utter_not_charged",),
        "charge asked": ("utter_confirm_not_charged",),
        "nothing offered": ("utter_nothing_to_decline",),
        "digits corrected": ("silent",),
        "not understood": ("utter_once_more",),
        "bill corrected": ("utter_bill_corrected",),
        "news answered": _NEWS,
    },
    "action_say_hello": {"welcome": ("utter_greet",), "here": ("utter_here",)},
    "action_say_thanks": {"welcome": ("utter_thanks",), "here": ("utter_here",)},
    "action_say_yes": {"nothing offered": ("utter_what_next",), "news answered": _NEWS},
    "action_say_goodbye": {
        "goodbye": ("utter_goodbye",),
        "report not sent": ("utter_goodbye_unsent",),
        "way on": ("utter_next_*", "utter_what_next", "utter_open_ticket_known"),
    },
    "action_wait": {
        "until": ("utter_next_wait_until",),
        "some time": ("utter_wait",),
        "aside answered": _ASIDE,
    },
    "action_fallback": {
        "first": ("utter_fallback",),
        "guessed": ("utter_fallback_guess",),
        "out of scope": ("utter_out_of_scope",),
        "digits corrected": ("silent",),
        "way on": ("utter_next_*", "utter_what_next", "utter_open_ticket_known"),
        "again": ("utter_fallback_again",),
        "human": ("handoff:not_understood",),
        "aside answered": _ASIDE,
        "news answered": _NEWS,
        "error": _ERROR,
    },
}
