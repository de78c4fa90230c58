"""What can go wrong with reading a picture. They are not answers over HTTP: who asks for a reading decides that."""


class ReadingError(Exception):
    """A picture could not be read."""


class UnreadablePictureError(ReadingError):
    """This picture cannot be read: it is broken, or reading it took too long or too much memory."""


class ReaderBusyError(ReadingError):
    """Too many pictures are waiting; try again later."""


class ReaderDownError(ReadingError):
    """The reading process does not start, or the reader is closed."""
