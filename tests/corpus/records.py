"""True records of each dataset, drawn by seed; no person is in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

Record = dict[str, Any]

PROCEDURES = [
    ("2.000815", "Chứng thực bản sao từ bản chính giấy tờ, văn bản", "Chứng thực"),
    ("2.000884", "Chứng thực chữ ký trong các giấy tờ", "Chứng thực"),
    ("1.001193", "Đăng ký khai sinh", "Hộ tịch"),
    ("1.000894", "Đăng ký kết hôn", "Hộ tịch"),
    ("1.000656", "Đăng ký khai tử", "Hộ tịch"),
    ("1.004873", "Cấp Giấy xác nhận tình trạng hôn nhân", "Hộ tịch"),
    ("1.001612", "Đăng ký thành lập hộ kinh doanh", "Thành lập và hoạt động hộ kinh doanh"),
    ("1.012753", "Đăng ký đất đai lần đầu", "Đất đai"),
]
STEPS = ["Tiếp nhận hồ sơ", "Thẩm định hồ sơ", "Trình ký", "Trả kết quả"]
LETTER_FIELDS = ["Đất đai", "Môi trường", "Chính sách xã hội"]
UNITS = [
    ("19432-20250701", "19432", "Xã Lao Bảo"),
    ("19009-20250701", "19009", "Phường Ba Đồn"),
    ("19030-20250701", "19030", "Xã Trung Thuần"),
    ("19051-20250701", "19051", "Xã Tân Gianh"),
]
"""Communes of today whose full names no other commune bears: no question about a place."""


def moment(rng: Random, first: datetime, days: int) -> datetime:
    """Return a moment of a working day within so many days of the first."""
    day = first + timedelta(days=rng.randrange(days))
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day.replace(hour=rng.randint(7, 16), minute=rng.randrange(60))


def cases(rng: Random, n: int) -> list[Record]:
    """Return cases of 08-10/2026: most of them settled, in order of their dates."""
    made = []
    style = rng.choice(["H44.{u}-{d}-{n:04d}", "000.00.{u}.H44-{d}-{n:04d}", "H44.{u}-{d}-{n:05d}"])
    agency = f"{rng.randint(10, 89)}"
    units = rng.sample(UNITS, rng.choice([1, 1, 2, 3]))
    for number in range(1, n + 1):
        received = moment(rng, datetime(2026, 8, 3), 80)
        code, name, field = rng.choice(PROCEDURES)
        first_due = (received + timedelta(days=rng.randint(3, 15))).replace(hour=17, minute=0)
        n_again = 1 if rng.random() < 0.25 else 0
        due = first_due + timedelta(days=rng.randint(2, 6)) if n_again else first_due
        is_ended = rng.random() < 0.75
        completed = received + timedelta(days=rng.randint(1, 20), minutes=30) if is_ended else None
        handed = completed + timedelta(days=rng.randint(1, 6), minutes=7) if completed and rng.random() < 0.8 else None
        asked = received + timedelta(days=1, minutes=11) if rng.random() < 0.2 else None
        unit = rng.choice(units)
        status = (
            rng.choices(["completed", "returned", "withdrawn"], [8, 1, 1])[0]
            if completed
            else rng.choice(["processing", "received", "awaiting_supplement" if asked else "processing"])
        )
        made.append(
            {
                "case_code": style.format(u=agency, d=f"{received:%y%m%d}", n=number),
                "procedure_code": code,
                "procedure_name": name,
                "field_name": field,
                "unit": unit,
                "receiving_unit": unit if rng.random() < 0.7 else rng.choice(UNITS),
                "channel": rng.choice(["online_full", "online_partial", "counter", "post"]),
                "filed": received - timedelta(days=rng.randint(1, 3), minutes=19),
                "received_at": received,
                "accepted_at": received + timedelta(minutes=rng.randint(30, 300)),
                "due_original_at": first_due,
                "due_at": due,
                "completed_at": completed,
                "handed_over_at": handed,
                "status": status,
                "n_supplements": 1 if asked else 0,
                "supplement_requested_at": asked,
                "supplement_received_at": asked + timedelta(days=1) if asked and rng.random() < 0.6 else None,
                "n_reappointments": n_again,
                "apology_at": first_due if n_again else None,
            }
        )
    return made


def letters(rng: Random, n: int) -> list[Record]:
    """Return letters, each with the body that is competent and the body complained of."""
    made = []
    units = rng.sample(UNITS, rng.choice([1, 2]))
    for number in range(1, n + 1):
        received = moment(rng, datetime(2026, 6, 1), 120).replace(hour=0, minute=0)
        settled = received + timedelta(days=rng.randint(12, 40)) if rng.random() < 0.7 else None
        made.append(
            {
                "letter_code": f"DT-{2026}-{number:04d}",
                "kind": rng.choice(["complaint", "denunciation", "petition"]),
                "unit": rng.choice(units),
                "field_name": rng.choice(LETTER_FIELDS),
                "filed": received - timedelta(days=rng.randint(1, 9)),
                "received_on": received,
                "accepted_on": received + timedelta(days=rng.randint(2, 9)),
                "transferred_on": received + timedelta(days=1) if rng.random() < 0.3 else None,
                "settled_on": settled,
                "n_people": rng.randint(1, 6),
                "outcome": rng.choice(["right", "partly_right", "wrong"]) if settled else None,
            }
        )
    return made


def feedback(rng: Random, n: int) -> list[Record]:
    """Return reflections from a portal, which are all of one kind."""
    return [{**one, "letter_code": f"PAKN.{2026}.{k:05d}"} for k, one in enumerate(letters(rng, n), 1)]


def receptions(rng: Random, n: int) -> list[Record]:
    """Return days on which citizens were received."""
    days = [datetime(2026, 7, 1) + timedelta(days=2 * k) for k in range(n)]
    unit = rng.choice(UNITS)
    return [
        {
            "unit": unit,
            "received_on": day,
            "host": rng.choice(["chair", "delegate", "regular"])
            if day < datetime(2026, 7, 1)
            else rng.choice(["chair", "regular"]),
            "n_visits": rng.randint(3, 20),
            "n_people": rng.randint(21, 40),
            "n_matters": rng.randint(1, 9),
            "n_groups": rng.randint(0, 2),
        }
        for day in days
    ]


def tickets(rng: Random, n: int) -> list[Record]:
    """Return tickets of a queue."""
    unit, made = rng.choice(UNITS), []
    for _ in range(n):
        taken = moment(rng, datetime(2026, 10, 1), 28)
        called = taken + timedelta(minutes=rng.randint(1, 40))
        made.append(
            {
                "unit": unit,
                "taken_at": taken,
                "called_at": called,
                "finished_at": called + timedelta(minutes=rng.randint(2, 30)),
                "counter_code": str(rng.randint(1, 6)),
            }
        )
    return made


def summaries(rng: Random, n: int) -> list[Record]:
    """Return rows of form II.06a, one per field and month, whose parts add up."""
    fields = sorted({p[2] for p in PROCEDURES})
    unit, made = rng.choice(UNITS), []
    for k in range(n):
        month = 1 + k // len(fields)
        online, counter, carried = rng.randint(5, 60), rng.randint(5, 60), rng.randint(0, 20)
        total = online + counter + carried
        pending = rng.randint(0, total // 3)
        late, overdue = rng.randint(0, 3), rng.randint(0, pending)
        early = rng.randint(0, total - pending - late)
        made.append(
            {
                "unit": unit,
                "period_start": datetime(2026, month, 1),
                "period_end": datetime(2026, month + 1, 1) - timedelta(days=1),
                "field_name": fields[k % len(fields)],
                "received": total,
                "received_online": online,
                "received_counter_post": counter,
                "carried_in": carried,
                "settled": total - pending,
                "settled_early": early,
                "settled_on_time": total - pending - late - early,
                "settled_late": late,
                "pending": pending,
                "pending_in_time": pending - overdue,
                "pending_overdue": overdue,
            }
        )
    return made


def answers(rng: Random, n: int) -> list[Record]:
    """Return answers of a survey, one a row."""
    unit = rng.choice(UNITS)
    return [
        {
            "survey_id": "KS-2026-2",
            "respondent_id": f"P{1000 + k // 3}",
            "unit": unit,
            "answered_on": datetime(2026, 9, 14) + timedelta(days=k % 5),
            "item_id": ("1.1.1", "1.1.2", "2.1.1")[k % 3],
            "answer": float(rng.randint(0, 1)),
            "weight": 1.0 + (k // 3) % 3,
        }
        for k in range(n)
    ]


def steps(rng: Random, n: int) -> list[Record]:
    """Return steps of cases."""
    made = []
    for k in range(n):
        start = datetime(2026, 9, 1 + k % 20, 8, 15) + timedelta(days=k % 4)
        made.append(
            {
                "case_code": f"H44.21-2609{1 + k % 20:02d}-{1 + k // 4:04d}",
                "step_name": STEPS[k % 4],
                "started_at": start,
                "ended_at": start + timedelta(hours=rng.randint(1, 20)) if rng.random() < 0.9 else None,
            }
        )
    return made


def engagements(rng: Random, n: int) -> list[Record]:
    """Return dialogues and meetings."""
    unit, made = rng.choice(UNITS), []
    for k in range(n):
        held = datetime(2026, 3, 2) + timedelta(days=9 * k)
        asked = rng.randint(3, 20)
        made.append(
            {
                "unit": unit,
                "kind": rng.choice(["dialogue", "community_meeting"]),
                "held_on": held,
                "n_people": rng.randint(30, 90),
                "n_questions": asked,
                "n_answered": rng.randint(0, asked),
                "published_on": held + timedelta(days=rng.randint(3, 9)),
            }
        )
    return made


def scores(rng: Random, n: int) -> list[Record]:
    """Return published scores of a commune."""
    unit = rng.choice(UNITS)
    return [
        {
            "index_id": "766",
            "unit": unit,
            "period": f"2026-{1 + k % 10:02d}",
            "component_id": ("progress", "online", "payment")[k // 10 % 3],
            "score": rng.randint(4, 40) / 2,
            "max_score": 22.0,
            "published_on": datetime(2026, 1 + k % 10, 20) + timedelta(days=15),
            "document_no": "766",
        }
        for k in range(n)
    ]


DRAWN = {
    "case": cases,
    "complaint": letters,
    "reception": receptions,
    "queue_ticket": tickets,
    "settlement_summary": summaries,
    "survey_answer": answers,
    "case_step": steps,
    "engagement": engagements,
    "official_score": scores,
}
