"""Headers as offices write them, per field: what everybody reads alike, and what only the sender knows."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random

Words = set[tuple[str, str, str]]
"""(dataset, field, header)."""

SURE: dict[str, dict[str, list[str]]] = {
    "case": {
        "case_code": ["Mã hồ sơ TTHC", "Số hồ sơ", "Mã số hồ sơ", "Mã HS", "Số hiệu hồ sơ"],
        "procedure_code": ["Mã TTHC", "Mã thủ tục hành chính", "Mã số TTHC"],
        "procedure_name": ["Tên TTHC", "Tên thủ tục hành chính", "Thủ tục hành chính", "TTHC"],
        "field_name": ["Lĩnh vực", "Lĩnh vực TTHC", "Tên lĩnh vực", "Thuộc lĩnh vực"],
        "unit_name": [
            "Cơ quan giải quyết",
            "Đơn vị giải quyết",
            "Đơn vị xử lý",
            "Cơ quan thực hiện",
            "Cơ quan xử lý",
            "Cơ quan chủ trì giải quyết",
        ],
        "unit_code": ["Mã đơn vị", "Mã cơ quan", "Mã đơn vị giải quyết", "Mã cơ quan giải quyết", "Mã ĐV"],
        "receiving_unit_name": ["Đơn vị tiếp nhận", "Cơ quan tiếp nhận", "Nơi tiếp nhận"],
        "channel": ["Hình thức nộp", "Hình thức tiếp nhận", "Kênh tiếp nhận", "Hình thức nộp hồ sơ"],
        "received_at": [
            "Ngày tiếp nhận",
            "Ngày tiếp nhận hồ sơ",
            "Thời điểm tiếp nhận",
            "Ngày giờ tiếp nhận",
            "Thời gian tiếp nhận",
        ],
        "accepted_at": ["Ngày thụ lý", "Thời điểm thụ lý"],
        "due_at": [
            "Ngày hẹn trả kết quả",
            "Hạn trả kết quả",
            "Ngày hẹn trả",
            "Thời gian hẹn trả",
            "Hẹn trả kết quả",
            "Ngày hẹn trả KQ",
            "Ngày trả theo giấy hẹn",
        ],
        "due_original_at": ["Ngày hẹn trả lần đầu", "Ngày hẹn trả ban đầu", "Hẹn trả lần đầu"],
        "completed_at": [
            "Ngày có kết quả",
            "Ngày hoàn thành",
            "Ngày kết thúc xử lý",
            "Thời điểm kết thúc xử lý",
            "Ngày giải quyết xong",
            "Ngày xử lý xong",
        ],
        "handed_over_at": [
            "Ngày trả kết quả",
            "Thời điểm trả kết quả",
            "Ngày công dân nhận kết quả",
            "Ngày giao kết quả cho công dân",
        ],
        "status": ["Trạng thái", "Trạng thái hồ sơ", "Tình trạng hồ sơ", "Tình trạng xử lý", "Trạng thái xử lý"],
        "n_supplements": ["Số lần bổ sung", "Số lần yêu cầu bổ sung"],
        "supplement_requested_at": ["Ngày yêu cầu bổ sung"],
        "supplement_received_at": ["Ngày nhận bổ sung"],
        "n_reappointments": ["Số lần hẹn lại"],
        "apology_at": ["Ngày xin lỗi", "Ngày thư xin lỗi"],
    },
    "complaint": {
        "letter_code": ["Số đơn", "Mã đơn thư", "Mã đơn"],
        "kind": ["Loại đơn", "Phân loại đơn"],
        "unit_name": ["Cơ quan có thẩm quyền giải quyết", "Cơ quan giải quyết", "Đơn vị giải quyết"],
        "unit_code": ["Mã đơn vị giải quyết", "Mã đơn vị", "Mã cơ quan giải quyết"],
        "field_name": ["Lĩnh vực"],
        "received_on": ["Ngày nhận đơn", "Ngày tiếp nhận đơn", "Ngày tiếp nhận"],
        "accepted_on": ["Ngày thụ lý", "Ngày thụ lý đơn"],
        "transferred_on": ["Ngày chuyển đơn"],
        "settled_on": ["Ngày giải quyết xong", "Ngày ban hành quyết định giải quyết", "Ngày giải quyết"],
        "n_people": ["Số người đứng đơn"],
        "outcome": ["Kết quả giải quyết"],
    },
    "reception": {
        "unit_code": ["Mã đơn vị", "Mã xã"],
        "unit_name": ["Tên đơn vị", "Đơn vị"],
        "received_on": ["Ngày tiếp công dân", "Ngày tiếp dân", "Ngày tiếp"],
        "host": ["Người chủ trì tiếp", "Hình thức tiếp công dân", "Hình thức tiếp"],
        "n_visits": ["Số lượt tiếp", "Số lượt"],
        "n_people": ["Số người được tiếp", "Số người"],
        "n_matters": ["Số vụ việc"],
        "n_groups": ["Số đoàn đông người"],
    },
    "queue_ticket": {
        "unit_code": ["Mã đơn vị", "Mã trung tâm"],
        "taken_at": ["Thời điểm lấy số", "Giờ lấy số", "Thời gian lấy số"],
        "called_at": ["Thời điểm gọi số", "Giờ gọi số", "Thời gian gọi"],
        "finished_at": ["Thời điểm phục vụ xong", "Giờ kết thúc phục vụ", "Thời gian kết thúc phục vụ"],
        "counter_code": ["Mã quầy", "Quầy số", "Số quầy"],
    },
    "settlement_summary": {
        "unit_code": ["Mã đơn vị"],
        "unit_name": ["Tên đơn vị", "Đơn vị"],
        "period_start": ["Từ ngày", "Ngày bắt đầu kỳ"],
        "period_end": ["Đến ngày", "Ngày kết thúc kỳ"],
        "field_name": ["Lĩnh vực", "Lĩnh vực giải quyết"],
        "received": ["Tổng số tiếp nhận", "Tổng tiếp nhận", "Tổng số hồ sơ tiếp nhận"],
        "received_online": ["Tiếp nhận trực tuyến"],
        "received_counter_post": ["Tiếp nhận trực tiếp/bưu chính", "Tiếp nhận trực tiếp, dịch vụ bưu chính"],
        "carried_in": ["Kỳ trước chuyển qua", "Số tồn kỳ trước"],
        "settled": ["Tổng đã giải quyết", "Tổng số đã giải quyết"],
        "settled_early": ["Đã giải quyết trước hạn"],
        "settled_on_time": ["Đã giải quyết đúng hạn"],
        "settled_late": ["Đã giải quyết quá hạn"],
        "pending": ["Tổng đang giải quyết", "Tổng số đang giải quyết"],
        "pending_in_time": ["Đang giải quyết trong hạn"],
        "pending_overdue": ["Đang giải quyết quá hạn"],
    },
    "survey_answer": {
        "survey_id": ["Mã đợt khảo sát", "Mã khảo sát"],
        "respondent_id": ["Mã phiếu", "Số phiếu"],
        "unit_code": ["Mã đơn vị", "Mã xã"],
        "answered_on": ["Ngày khảo sát", "Ngày trả lời", "Ngày phỏng vấn"],
        "item_id": ["Mã câu hỏi"],
        "answer": ["Câu trả lời", "Trả lời"],
        "weight": ["Trọng số", "Quyền số"],
    },
    "case_step": {
        "case_code": ["Mã hồ sơ", "Mã số hồ sơ"],
        "step_name": ["Tên bước", "Bước xử lý", "Tên bước xử lý"],
        "started_at": ["Thời điểm bắt đầu bước", "Ngày bắt đầu bước", "Thời gian bắt đầu bước"],
        "ended_at": ["Thời điểm kết thúc bước", "Ngày kết thúc bước", "Thời gian kết thúc bước"],
    },
    "engagement": {
        "unit_code": ["Mã đơn vị", "Mã xã"],
        "kind": ["Loại hoạt động", "Hình thức hoạt động"],
        "held_on": ["Ngày tổ chức", "Ngày diễn ra"],
        "n_people": ["Số người tham dự", "Số người dự"],
        "n_questions": ["Số ý kiến", "Số câu hỏi"],
        "n_answered": ["Số ý kiến được trả lời", "Số ý kiến đã trả lời"],
        "published_on": ["Ngày công khai kết quả", "Ngày công khai"],
    },
    "official_score": {
        "index_id": ["Bộ chỉ số", "Tên chỉ số"],
        "unit_code": ["Mã đơn vị", "Mã tỉnh"],
        "period": ["Kỳ đánh giá", "Kỳ"],
        "component_id": ["Mã thành phần", "Mã nội dung"],
        "score": ["Điểm", "Điểm số", "Điểm đạt được"],
        "max_score": ["Điểm tối đa"],
        "published_on": ["Ngày công bố"],
        "document_no": ["Số văn bản"],
    },
}
"""dataset -> field -> headers that have one meaning among the columns of such a table."""

UNSURE: dict[str, list[str]] = {
    "received_at": ["Ngày nộp", "Ngày bắt đầu", "Ngày nhận", "Ngày vào sổ"],
    "due_at": ["Thời hạn", "Hạn", "Ngày hẹn"],
    "completed_at": ["Ngày trả", "Ngày kết thúc", "Ngày xong"],
    "unit_name": ["Đơn vị", "Cơ quan", "Tên đơn vị"],
    "case_code": ["Số đăng ký", "Số biên nhận"],
    "status": ["Tình trạng", "Kết quả"],
    "settled_on": ["Ngày kết thúc", "Ngày trả lời"],
    "received_on": ["Ngày nhận", "Ngày đến"],
}
"""field -> headers of it that may mean something else elsewhere."""

FROM_LIST = {
    "case_id": "case_code",
    "due_at": "due_at",
    "field": "field_name",
    "procedure_code": "procedure_code",
    "procedure_name": "procedure_name",
    "received_at": "received_at",
    "resolved_at": "completed_at",
    "status": "status",
    "unit_code": "unit_code",
}
"""Names of the list of real headers -> ours; of the others each header was looked at and most are no field of ours."""

NOT_ALONE = {
    "Mã tham chiếu của hồ sơ liên thông",
    "Số đăng ký",
    "Số biên nhận",
    "Mã biên nhận",
    "Thời hạn",
    "Ngày bắt đầu",
    "Ngày nhận",
    "Ngày kết thúc",
    "Ngày hết hạn",
    "Hạn xử lý",
    "Loại hồ sơ",
    "Thủ tục",
    "Tình trạng",
    "Tên của thủ tục hành chính",
    "Hẹn trả",
}
"""Headers of that list which the sender must explain where they stand alone."""


def real_headers(shared: Path) -> dict[str, list[str]]:
    """Return field of a case -> headers seen in open one-stop systems."""
    found: dict[str, list[str]] = {}
    with (shared / "header_variants.csv").open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            field, header = FROM_LIST.get(row["canonical_field"]), row["variant_header"]
            if field and header not in NOT_ALONE:
                found.setdefault(field, []).append(header)
    return found


def vocabulary(shared: Path, aside: Words | None = None) -> dict[str, dict[str, list[str]]]:
    """Return dataset -> field -> sure headers, ours and the real ones, without those that are held aside."""
    words = {dataset: {f: list(hs) for f, hs in fields.items()} for dataset, fields in SURE.items()}
    for field, headers in real_headers(shared).items():
        known = words["case"].setdefault(field, [])
        known += [h for h in headers if h not in known]
    for dataset, field, header in aside or ():
        words[dataset][field].remove(header)
    return words


def held_aside(shared: Path, seed: object) -> Words:
    """Return a quarter of the headers of each field that has four or more: only layouts held aside use them."""
    chosen: Words = set()
    for dataset, fields in vocabulary(shared).items():
        for field, headers in fields.items():
            for header in Random(f"{seed}-{dataset}-{field}").sample(headers, len(headers) // 4):
                chosen.add((dataset, field, header))
    return chosen


PERSONAL = {
    "Chủ hồ sơ": "name",
    "Họ và tên người nộp": "name",
    "Người nộp": "name",
    "Số điện thoại": "phone",
    "Điện thoại liên hệ": "phone",
    "Số CCCD": "identity",
    "Địa chỉ": "address",
    "Người thụ lý": "name",
    "Cán bộ tiếp nhận": "name",
}
PLAIN = {
    "Ghi chú": "note",
    "Số ngày quá hạn": "number",
    "Thời hạn giải quyết": "days",
    "Thời gian xử lý": "days",
    "Lý do trễ hẹn": "note",
    "Số lượng": "number",
    "Trạng thái phụ": "note",
    "Phiên bản": "number",
    "Nguồn dữ liệu": "note",
    "Bộ phận xử lý": "note",
}
DECOY_DATES = {
    "Ngày cấp": (-900, -300),
    "Ngày sinh": (-15000, -9000),
    "Hạn nộp phí": (2, 6),
    "Ngày trả hồ sơ (bổ sung)": (1, 4),
    "Ngày nộp thuế": (2, 6),
    "Ngày in biên nhận": (0, 1),
    "Ngày cập nhật cuối": (10, 20),
    "Ngày hết hiệu lực": (300, 900),
}
"""Header -> days from the receipt between which its dates lie."""
