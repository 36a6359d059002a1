"""Values as text or JSON, in the reader's language; shared by every shell."""
