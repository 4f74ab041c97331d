-- The reference tables, column by column as in docs/marts.md. A reference CSV has the columns of its table.

CREATE TABLE dim_unit (
    unit_id VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    full_name VARCHAR NOT NULL,
    type_name VARCHAR,
    search_key VARCHAR NOT NULL,
    province_id VARCHAR,
    district_id VARCHAR,
    parent_id VARCHAR,
    area_id VARCHAR,
    lat DOUBLE,
    lon DOUBLE,
    valid_from DATE NOT NULL,
    valid_from_is_exact BOOLEAN NOT NULL,
    valid_to DATE
);

CREATE TABLE unit_succession (
    unit_id VARCHAR NOT NULL,
    successor_id VARCHAR NOT NULL,
    relation VARCHAR NOT NULL,
    changed_on DATE NOT NULL,
    is_main BOOLEAN NOT NULL,
    note VARCHAR
);

CREATE TABLE unit_group (
    group_id VARCHAR NOT NULL,
    "grouping" VARCHAR NOT NULL,
    group_code VARCHAR,
    group_name VARCHAR NOT NULL,
    unit_id VARCHAR NOT NULL,
    province_id VARCHAR,
    valid_from DATE NOT NULL,
    valid_to DATE,
    is_exact BOOLEAN,
    note VARCHAR
);

CREATE TABLE dim_date (
    date DATE NOT NULL,
    is_working_day BOOLEAN NOT NULL,
    working_day_number INTEGER NOT NULL,
    iso_weekday INTEGER NOT NULL,
    month DATE NOT NULL,
    half_month_start DATE NOT NULL,
    status VARCHAR,
    source VARCHAR
);

CREATE TABLE office_hours (
    opens_at TIME NOT NULL,
    break_from TIME NOT NULL,
    break_to TIME NOT NULL,
    closes_at TIME NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    cite VARCHAR,
    is_confirmed BOOLEAN
);

CREATE TABLE dim_procedure (
    procedure_code VARCHAR NOT NULL,
    procedure_name VARCHAR NOT NULL,
    field_name VARCHAR,
    level VARCHAR,
    deadline_days INTEGER,
    is_fee_bearing BOOLEAN,
    is_online BOOLEAN,
    is_full_online BOOLEAN,
    valid_from DATE,
    valid_to DATE
);

CREATE TABLE dim_population (
    unit_id VARCHAR NOT NULL,
    valid_from DATE NOT NULL,
    population BIGINT NOT NULL,
    source VARCHAR,
    is_invented BOOLEAN
);

CREATE TABLE dim_target (
    metric VARCHAR NOT NULL,
    level VARCHAR,
    unit_id VARCHAR,
    target DOUBLE NOT NULL,
    valid_from DATE,
    valid_to DATE,
    source VARCHAR,
    is_confirmed BOOLEAN
);

CREATE TABLE dim_survey (
    survey_id VARCHAR NOT NULL,
    title_vi VARCHAR,
    title_en VARCHAR,
    lowest_level VARCHAR,
    population VARCHAR,
    is_confirmed BOOLEAN,
    note VARCHAR
);

CREATE TABLE dim_survey_item (
    item_id VARCHAR NOT NULL,
    sub_dimension_id VARCHAR,
    dimension_id VARCHAR,
    factor VARCHAR,
    name_vi VARCHAR,
    name_en VARCHAR,
    scale_min DOUBLE,
    scale_max DOUBLE,
    direction VARCHAR,
    asked_if VARCHAR
);

CREATE TABLE dim_survey_part (
    part_id VARCHAR NOT NULL,
    parent_id VARCHAR,
    name_vi VARCHAR,
    name_en VARCHAR,
    floor DOUBLE,
    span DOUBLE
);

CREATE TABLE complaint_deadline (
    kind VARCHAR NOT NULL,
    step VARCHAR NOT NULL,
    round INTEGER,
    is_complex BOOLEAN,
    is_remote BOOLEAN,
    days INTEGER NOT NULL,
    day_unit VARCHAR NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    cite VARCHAR,
    is_confirmed BOOLEAN NOT NULL
);

CREATE TABLE dim_duty (
    duty VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    amount INTEGER NOT NULL,
    amount_unit VARCHAR NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    cite VARCHAR NOT NULL,
    is_confirmed BOOLEAN NOT NULL
);
