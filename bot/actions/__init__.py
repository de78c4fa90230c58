"""The custom actions of the dialog, served to Rasa by the rasa-sdk."""
