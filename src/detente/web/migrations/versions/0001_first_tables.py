"""Jobs, readings, decisions, history and sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False, unique=True),
        sa.Column("question", sa.JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("progress", sa.Text, nullable=False),
        sa.Column("result", sa.JSON),
        sa.Column("error", sa.JSON),
        sa.Column("cancel", sa.Boolean, nullable=False),
        sa.Column("worker", sa.String(64), nullable=False),
        sa.Column("beat", sa.Float, nullable=False),
        sa.Column("made", sa.Float, nullable=False),
        sa.Column("ended", sa.Float),
        sa.Column("by", sa.String(80), nullable=False),
    )
    op.create_table(
        "readings",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("dispute", sa.String(200), nullable=False, index=True),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("made", sa.Float, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("texts", sa.JSON, nullable=False),
    )
    op.create_table(
        "decisions",
        sa.Column("reading", sa.String(32), sa.ForeignKey("readings.id"), primary_key=True),
        sa.Column("proposal", sa.String(40), primary_key=True),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.Column("change", sa.Integer),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("dispute", sa.String(200), nullable=False, index=True),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("files", sa.JSON, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("undone", sa.Integer),
    )
    op.create_table(
        "sessions",
        sa.Column("seal", sa.String(64), primary_key=True),
        sa.Column("user", sa.String(80), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("ends", sa.Float, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("sessions", "changes", "decisions", "readings", "jobs"):
        op.drop_table(name)
