-- A date as people write it: one-digit days, dots and dashes, "7h05", ISO with a zone, Excel serials.
-- Filled in by etl/types.py: {name}, and which group of d/m/yyyy is the {day} and which the {month}.
CREATE OR REPLACE TEMP MACRO {name}_slow(t) AS CASE
    WHEN regexp_full_match(t, '\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}(?:[ T,]+\d{1,2}[:hg]\d{2}(?::\d{2})?)?')
        THEN TRY_CAST(
            regexp_extract(t, '^(\d+)[/.\-](\d+)[/.\-](\d{4})', 3) || '-'
            || regexp_extract(t, '^(\d+)[/.\-](\d+)[/.\-](\d{4})', {month}) || '-'
            || regexp_extract(t, '^(\d+)[/.\-](\d+)[/.\-](\d{4})', {day})
            || CASE
                WHEN regexp_matches(t, '[:hg]')
                    THEN ' ' || regexp_replace(regexp_extract(t, '(\d{1,2}[:hg].*)$'), '[hg]', ':')
                ELSE ''
            END
            AS TIMESTAMP
        )
    WHEN regexp_full_match(t, '\d{1,2}[:hg]\d{2}(?::\d{2})?[ ,]+\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}')
        THEN TRY_CAST(
            regexp_extract(t, '(\d+)[/.\-](\d+)[/.\-](\d{4})$', 3) || '-'
            || regexp_extract(t, '(\d+)[/.\-](\d+)[/.\-](\d{4})$', {month}) || '-'
            || regexp_extract(t, '(\d+)[/.\-](\d+)[/.\-](\d{4})$', {day}) || ' '
            || regexp_replace(regexp_extract(t, '^(\d{1,2}[:hg]\d{2}(?::\d{2})?)'), '[hg]', ':')
            AS TIMESTAMP
        )
    WHEN regexp_full_match(t, '\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?')
        THEN TRY_CAST(t AS TIMESTAMP)
    -- A cast to TIMESTAMP passes over the zone in silence.
    WHEN regexp_full_match(
        t, '\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)? ?(?:Z|[+\-]\d{2}:?\d{2})'
    )
        THEN TRY_CAST(
            regexp_replace(replace(t, 'Z', '+00:00'), '([+\-]\d{2}):?(\d{2})$', '\1:\2') AS TIMESTAMPTZ
        ) AT TIME ZONE 'Asia/Ho_Chi_Minh'
    -- Days since 30/12/1899, as a workbook keeps them; 20000 to 79999 is 1954 to 2119.
    WHEN regexp_full_match(t, '[2-7]\d{4}(?:[.,]\d+)?(?:E0)?')
        THEN TIMESTAMP '1899-12-30'
        + to_seconds(CAST(round(CAST(replace(replace(t, ',', '.'), 'E0', '') AS DOUBLE) * 86400) AS BIGINT))
END;

CREATE OR REPLACE TEMP MACRO {name}(fast, raw) AS CASE
    WHEN fast BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '2199-12-31 23:59:59' THEN fast
    WHEN raw IS NULL OR raw = '' THEN NULL
    WHEN {name}_slow(trim(replace(raw, chr(160), ' ')))
        BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '2199-12-31 23:59:59'
        THEN {name}_slow(trim(replace(raw, chr(160), ' ')))
END;
