"""Attachments for those who may see them, and the ledger for everybody."""
