"""Words that no list of headers holds: what is not known may be asked about or left out, and nothing else."""

from __future__ import annotations

from pathlib import Path
from random import Random

from corpus.layouts_drawn import base_layouts
from corpus.model import Table

STRANGE: dict[str, list[str]] = {
    "case_code": ["ID hồ sơ", "Mã số biên nhận hồ sơ", "Số HS"],
    "received_at": ["Ngày nhận HS tại một cửa", "Tiếp nhận lúc", "Thời gian nhận hồ sơ", "Ngày HS được tiếp nhận"],
    "due_at": ["Ngày phải trả kết quả", "Hẹn ngày trả", "Ngày đến hạn trả", "Thời hạn trả KQ cho dân"],
    "completed_at": ["Ngày ra kết quả", "Ngày kết thúc giải quyết", "Ngày đã giải quyết", "Hoàn tất lúc"],
    "handed_over_at": ["Ngày dân nhận KQ", "Ngày đến lấy kết quả", "Đã trả cho dân ngày"],
    "status": ["Tình hình xử lý", "Hiện trạng hồ sơ", "Kết quả xử lý"],
    "unit_name": ["Nơi giải quyết", "UBND giải quyết", "Cơ quan phụ trách"],
    "unit_code": ["Mã nơi giải quyết", "Mã xã/phường", "Mã định danh cơ quan"],
    "receiving_unit_name": ["Nơi nhận hồ sơ", "Bộ phận một cửa nhận"],
    "channel": ["Cách thức nộp", "Phương thức nộp hồ sơ", "Nguồn nộp"],
    "procedure_name": ["Tên dịch vụ công", "Nội dung TTHC", "Việc cần giải quyết"],
    "procedure_code": ["Mã dịch vụ công", "Ký hiệu TTHC"],
    "field_name": ["Ngành, lĩnh vực", "Mảng"],
    "accepted_at": ["Bắt đầu thụ lý", "Ngày vào xử lý"],
    "due_original_at": ["Hẹn trả gốc", "Ngày hẹn cũ"],
    "n_supplements": ["Bổ sung mấy lần"],
    "n_reappointments": ["Hẹn lại mấy lần"],
    "apology_at": ["Xin lỗi ngày"],
    "letter_code": ["Số thư"],
    "received_on": ["Nhận đơn ngày", "Đơn đến ngày"],
    "settled_on": ["Xong ngày", "Ra quyết định ngày"],
    "kind": ["Thuộc loại"],
    "accepted_on": ["Bắt đầu thụ lý"],
    "outcome": ["Kết luận"],
}
"""field -> headers that say the same in words of nobody's system; nothing is tuned on them."""
SEED = 41


def strange(shared: Path, n_strange: int) -> list[tuple[Table, list[Table]]]:
    """Return registers of cases and letters of which so many headers are strange, and the layouts they came from."""
    part = []
    for base in base_layouts(shared, SEED):
        if base.dataset not in ("case", "complaint"):
            continue
        rng, table = Random(f"{SEED}-{base.name}-{n_strange}"), base.copy(f"strange_{n_strange}")
        columns = [c for c in table.columns if len(c.fields) == 1 and c.fields[0] in STRANGE]
        for column in rng.sample(columns, min(n_strange, len(columns))):
            column.header = rng.choice(STRANGE[column.fields[0]])
        part.append((base, [table]))
    return part
