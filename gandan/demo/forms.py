"""The shapes in which the sample's senders write: headers, words, dates; as messy as real exports, in known ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DateStyle = Literal["iso", "dmy_hm", "dmy"]


@dataclass(frozen=True)
class Form:
    """One export: its headers in order, each with the field it shows; fields in `PERSONAL` are invented people."""

    columns: tuple[tuple[str, str], ...]
    dates: DateStyle = "dmy_hm"
    delimiter: str = ";"
    encoding: str = "utf-8-sig"
    unit_words: bool = False
    """Units by name: the committee as "UBND xã …", the receiving side as "Trung tâm Phục vụ hành chính công xã …"."""

    @property
    def fields(self) -> set[str]:
        return {field for _, field in self.columns}


PERSONAL = ("applicant", "phone", "citizen_number", "address", "note")

CHANNELS = ("Toàn trình", "Một phần", "Trực tiếp", "Bưu chính công ích")
STATUSES = (
    "Mới tiếp nhận", "Đang xử lý", "Chờ bổ sung", "Chờ thanh toán", "Tạm dừng",
    "Đã có kết quả", "Từ chối giải quyết", "Trả lại hồ sơ", "Rút hồ sơ", "Không tiếp nhận",
)  # fmt: skip
KINDS = {
    "complaint": "Khiếu nại",
    "denunciation": "Tố cáo",
    "petition": "Kiến nghị, phản ánh",
    "feedback": "PAKN",
}
OUTCOMES = {"right": "Đúng", "partly_right": "Đúng một phần", "wrong": "Sai", "withdrawn": "Rút đơn"}
YES, NO = "Có", "Không"

PORTAL = Form(
    (
        ("STT", "row_number"),
        ("Mã hồ sơ", "case_code"),
        ("Mã TTHC", "procedure_code"),
        ("Tên thủ tục hành chính", "procedure_name"),
        ("Lĩnh vực", "field_name"),
        ("Mã cơ quan giải quyết", "unit_code"),
        ("Tên cơ quan", "unit_name"),
        ("Mã đơn vị tiếp nhận", "receiving_unit_code"),
        ("Họ và tên người nộp", "applicant"),
        ("Số CCCD", "citizen_number"),
        ("Số điện thoại", "phone"),
        ("Hình thức nộp", "channel"),
        ("Ngày tiếp nhận", "received_at"),
        ("Ngày thụ lý", "accepted_at"),
        ("Ngày hẹn trả", "due_at"),
        ("Ngày hẹn trả lần đầu", "due_original_at"),
        ("Ngày kết thúc xử lý", "completed_at"),
        ("Ngày trả kết quả", "handed_over_at"),
        ("Trạng thái hồ sơ", "status"),
        ("Số lần bổ sung", "n_supplements"),
        ("Ngày yêu cầu bổ sung", "supplement_requested_at"),
        ("Ngày nhận bổ sung", "supplement_received_at"),
        ("Số lần hẹn lại", "n_reappointments"),
        ("Ngày hẹn lại", "reappointed_at"),
        ("Ngày xin lỗi", "apology_at"),
        ("Có phí, lệ phí", "is_fee_bearing"),
        ("Thanh toán trực tuyến", "is_paid_online"),
        ("Kết quả điện tử", "has_e_result"),
        ("Số hóa hồ sơ", "is_digitised"),
        ("Tái sử dụng dữ liệu", "is_reused"),
        ("Ngày đồng bộ", "synced_at"),
        ("Ghi chú", "note"),
    )
)

PORTAL_ISO = Form(
    (
        ("Số hồ sơ", "case_code"),
        ("Mã thủ tục", "procedure_code"),
        ("Tên thủ tục", "procedure_name"),
        ("Lĩnh vực", "field_name"),
        ("Mã đơn vị", "unit_code"),
        ("Mã cơ quan tiếp nhận", "receiving_unit_code"),
        ("Chủ hồ sơ", "applicant"),
        ("Địa chỉ", "address"),
        ("Mức độ", "channel"),
        ("Thời điểm tiếp nhận", "received_at"),
        ("Thời điểm thụ lý", "accepted_at"),
        ("Hạn xử lý", "due_at"),
        ("Hẹn trả ban đầu", "due_original_at"),
        ("Thời điểm kết thúc", "completed_at"),
        ("Thời điểm trả kết quả", "handed_over_at"),
        ("Trạng thái", "status"),
        ("Số lần yêu cầu bổ sung", "n_supplements"),
        ("Ngày yêu cầu bổ sung", "supplement_requested_at"),
        ("Ngày bổ sung", "supplement_received_at"),
        ("Số lần hẹn lại", "n_reappointments"),
        ("Ngày hẹn lại", "reappointed_at"),
        ("Ngày thư xin lỗi", "apology_at"),
        ("Có thu phí", "is_fee_bearing"),
        ("Thanh toán trực tuyến", "is_paid_online"),
        ("Có kết quả điện tử", "has_e_result"),
        ("Đã số hóa", "is_digitised"),
        ("Thời điểm đồng bộ", "synced_at"),
    ),
    dates="iso",
    delimiter=",",
    encoding="utf-16",
)

NAMED = Form(
    (
        ("TT", "row_number"),
        ("Số hồ sơ", "case_code"),
        ("Mã TTHC", "procedure_code"),
        ("Tên TTHC", "procedure_name"),
        ("Lĩnh vực", "field_name"),
        ("Đơn vị giải quyết", "unit_name"),
        ("Đơn vị tiếp nhận", "receiving_unit_name"),
        ("Tên công dân, tổ chức", "applicant"),
        ("SĐT", "phone"),
        ("Mức độ", "channel"),
        ("Ngày tiếp nhận", "received_at"),
        ("Hạn trả kết quả", "due_at"),
        ("Ngày hoàn thành", "completed_at"),
        ("Ngày trả kết quả", "handed_over_at"),
        ("Tình trạng hồ sơ", "status"),
        ("Số lần gia hạn", "n_reappointments"),
        ("Ngày xin lỗi", "apology_at"),
    ),
    delimiter="\t",
    encoding="utf-8",
    unit_words=True,
)

SECOND = Form(
    (
        ("Mã số hồ sơ", "case_code"),
        ("Mã thủ tục hành chính", "procedure_code"),
        ("Thủ tục hành chính", "procedure_name"),
        ("Lĩnh vực", "field_name"),
        ("Mã cơ quan", "unit_code"),
        ("Tên người nộp hồ sơ", "applicant"),
        ("Kênh nộp", "channel"),
        ("Ngày nhận", "received_at"),
        ("Ngày hẹn trả kết quả", "due_at"),
        ("Ngày có kết quả", "completed_at"),
        ("Ngày trả", "handed_over_at"),
        ("Tình trạng", "status"),
        ("Số lần bổ sung", "n_supplements"),
        ("Số lần hẹn lại", "n_reappointments"),
    ),
    dates="dmy",
    encoding="utf-8",
)

WORKBOOK = Form(
    (
        ("STT", "row_number"),
        ("Mã hồ sơ", "case_code"),
        ("Mã TTHC", "procedure_code"),
        ("Tên thủ tục hành chính", "procedure_name"),
        ("Lĩnh vực", "field_name"),
        ("Họ và tên chủ hồ sơ", "applicant"),
        ("Địa chỉ", "address"),
        ("Cơ quan giải quyết", "unit_name"),
        ("Đơn vị tiếp nhận", "receiving_unit_name"),
        ("Hình thức tiếp nhận", "channel"),
        ("Ngày, tháng, năm: Nhận hồ sơ", "received_at"),
        ("Ngày, tháng, năm: Hẹn trả kết quả", "due_at"),
        ("Kết quả: Ngày có kết quả", "completed_at"),
        ("Kết quả: Ngày trả", "handed_over_at"),
        ("Trạng thái", "status"),
        ("Ghi chú", "note"),
    ),
    dates="dmy",
    unit_words=True,
)

LETTERS = Form(
    (
        ("STT", "row_number"),
        ("Số đơn", "letter_code"),
        ("Loại đơn", "kind"),
        ("Mã vụ việc", "matter_code"),
        ("Họ tên, địa chỉ người viết đơn", "applicant"),
        ("Nội dung đơn", "note"),
        ("Cơ quan giải quyết", "unit_name"),
        ("Lĩnh vực", "field_name"),
        ("Ngày nhận đơn", "received_on"),
        ("Ngày thụ lý", "accepted_on"),
        ("Ngày giải quyết", "settled_on"),
        ("Lần giải quyết", "round"),
        ("Số người", "n_people"),
        ("Phức tạp", "is_complex"),
        ("Đủ điều kiện xử lý", "is_eligible"),
        ("Thuộc thẩm quyền", "is_in_competence"),
        ("Kết quả giải quyết", "outcome"),
    ),
    dates="dmy",
    unit_words=True,
)

LETTERS_CANONICAL = Form(
    tuple(
        (name, name)
        for name in (
            "letter_code",
            "kind",
            "matter_code",
            "unit_code",
            "field_name",
            "received_on",
            "accepted_on",
            "settled_on",
            "round",
            "n_people",
            "is_complex",
            "is_eligible",
            "is_in_competence",
            "outcome",
        )
    ),
    dates="iso",
    delimiter=",",
    encoding="utf-8",
)

FEEDBACK = Form(
    (
        ("STT", "row_number"),
        ("Mã PAKN", "letter_code"),
        ("Người gửi", "applicant"),
        ("Điện thoại", "phone"),
        ("Nội dung phản ánh", "note"),
        ("Mã đơn vị xử lý", "unit_code"),
        ("Chuyên mục", "field_name"),
        ("Ngày gửi", "received_on"),
        ("Ngày thụ lý", "accepted_on"),
        ("Ngày trả lời", "settled_on"),
        ("Đủ điều kiện", "is_eligible"),
        ("Thuộc thẩm quyền", "is_in_competence"),
        ("Hài lòng", "is_satisfied"),
    ),
    dates="dmy",
    delimiter=",",
)
