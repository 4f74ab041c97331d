-- A date as people write it: one-digit days, two-digit years, dots and dashes, "7h05", "1:05 PM", "ngày 5 tháng 10 năm 2026", ISO with a zone,
-- Excel serials. Filled in by etl/types.py: {name}, and which group of d/m/yyyy is the {day} and which the {month}.
-- Years lie in 1900-2199; a year of two digits is 20yy up to 49, else 19yy.
CREATE OR REPLACE TEMP MACRO {name}_words(t) AS regexp_replace(
    regexp_replace(
        regexp_replace(lower(t), '(?:^|\s+)(?:ngày|lúc|hồi|vào)\s+', ' ', 'g'),
        '(\d{1,2})\s*(?:giờ|h|g)\s*(\d{2})(?:\s*(?:phút|p)\b)?([^\d/.\-]|$)', '\1:\2\3'
    ),
    '(\d{1,2})\s*(?:giờ|h|g)(\s|,|$)', '\1:00\2'
);

-- Date and time apart, in either order, the time with or without its half of the day.
CREATE OR REPLACE TEMP MACRO {name}_parts(t) AS CASE
    WHEN regexp_full_match(
        t,
        '(?:\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:am|pm|sa|ch|sáng|chiều|tối))?[ ,\-]+)?'
        '\d{1,2}[/.\-]\d{1,2}[/.\-](?:(?:19|20|21)\d{2}|\d{2})'
        '(?:[ ,\-]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:am|pm|sa|ch|sáng|chiều|tối))?)?'
    )
        THEN TRY_CAST(
            CASE
                WHEN regexp_matches(t, '[/.\-]\d{4}') THEN ''
                WHEN regexp_extract(t, '\d[/.\-]\d{1,2}[/.\-](\d{2})', 1) < '50' THEN '20'
                ELSE '19'
            END
            || regexp_extract(t, '(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})', 3) || '-'
            || regexp_extract(t, '(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})', {month}) || '-'
            || regexp_extract(t, '(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})', {day}) || ' '
            || CASE
                WHEN NOT regexp_matches(t, ':') THEN '00:00'
                WHEN regexp_matches(t, 'pm|ch|tối') AND TRY_CAST(regexp_extract(t, '(\d{1,2}):', 1) AS INTEGER) < 12
                    THEN (TRY_CAST(regexp_extract(t, '(\d{1,2}):', 1) AS INTEGER) + 12)::VARCHAR
                    || regexp_extract(t, ':\d{2}(?::\d{2}(?:\.\d+)?)?')
                WHEN regexp_matches(t, 'am|sa|sáng') AND regexp_extract(t, '(\d{1,2}):', 1) = '12'
                    THEN '0' || regexp_extract(t, ':\d{2}(?::\d{2}(?:\.\d+)?)?')
                ELSE regexp_extract(t, '\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?')
            END
            AS TIMESTAMP
        )
END;

CREATE OR REPLACE TEMP MACRO {name}_slow(t) AS CASE
    WHEN regexp_full_match(
        t, '\d{1,2}[/.\-]\d{1,2}[/.\-](?:19|20|21)\d{2}(?:[ Tt,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?'
    )
        THEN TRY_CAST(
            trim(regexp_replace(t, '^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})[ Tt,]*', '\3-\{month}-\{day} '))
            AS TIMESTAMP
        )
    WHEN regexp_full_match(t, '\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}(?:[ Tt,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?')
        THEN TRY_CAST(
            CASE WHEN regexp_extract(t, '^\d+[/.\-]\d+[/.\-](\d{2})', 1) < '50' THEN '20' ELSE '19' END
            || trim(regexp_replace(t, '^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{2})[ Tt,]*', '\3-\{month}-\{day} '))
            AS TIMESTAMP
        )
    WHEN regexp_full_match(
        t, '(?:19|20|21)\d{2}[/.\-]\d{1,2}[/.\-]\d{1,2}(?:[ Tt,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?'
    )
        THEN TRY_CAST(
            trim(regexp_replace(t, '^(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})[ Tt,]*', '\1-\2-\3 ')) AS TIMESTAMP
        )
    -- A cast to TIMESTAMP passes over the zone in silence.
    WHEN regexp_full_match(
        t, '(?:19|20|21)\d{2}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)? ?(?:Z|[+\-]\d{2}:?\d{2})'
    )
        THEN TRY_CAST(
            regexp_replace(replace(t, 'Z', '+00:00'), '([+\-]\d{2}):?(\d{2})$', '\1:\2') AS TIMESTAMPTZ
        ) AT TIME ZONE 'Asia/Ho_Chi_Minh'
    -- Days since 30/12/1899, as a workbook keeps them; 20000 to 79999 is 1954 to 2119.
    WHEN regexp_full_match(t, '[2-7]\d{4}(?:[.,]\d+)?(?:E0)?')
        THEN TIMESTAMP '1899-12-30'
        + to_seconds(CAST(round(CAST(replace(replace(t, ',', '.'), 'E0', '') AS DOUBLE) * 86400) AS BIGINT))
    -- Eight digits: year, month, day, unless they might be day, month, year.
    WHEN regexp_full_match(t, '(?:19|20|21)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])')
        AND NOT regexp_full_match(t, '(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20|21)\d{2}')
        THEN TRY_CAST(substr(t, 1, 4) || '-' || substr(t, 5, 2) || '-' || substr(t, 7, 2) AS TIMESTAMP)
    -- Words say which is which.
    WHEN regexp_full_match(lower(t), '(?:ngày\s+)?\d{1,2}\s*tháng\s*\d{1,2}\s*năm\s*(?:19|20|21)\d{2}')
        THEN TRY_CAST(
            regexp_replace(lower(t), '^\D*(\d{1,2})\D+(\d{1,2})\D+(\d{4})$', '\3-\2-\1') AS TIMESTAMP
        )
    WHEN length(t) <= 60 AND regexp_matches(t, '\d')
        THEN list_transform([trim({name}_words(t))], lambda w: {name}_parts(w))[1]
END;

CREATE OR REPLACE TEMP MACRO {name}(fast, raw) AS CASE
    WHEN fast BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '2199-12-31 23:59:59' THEN fast
    WHEN raw IS NULL OR raw = '' THEN NULL
    ELSE {name}_slow(trim(replace(raw, chr(160), ' ')))
END;
