"""The header that carries a proof; apart from the rest because clients need it too."""

PROOF_HEADER = "X-Owner-Proof"
