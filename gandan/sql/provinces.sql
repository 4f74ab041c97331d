-- One row per body: the province that it lies in.
SELECT unit_id, arg_max(province_id, valid_from) AS province_id FROM dim_unit GROUP BY unit_id
