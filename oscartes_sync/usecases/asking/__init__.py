"""The four founding questions, asked of the directories of all wikis."""
