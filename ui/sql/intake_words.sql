SELECT
    intake_word.kind,
    intake_word.code,
    intake_word.word
FROM intake_word
WHERE intake_word.lang = $lang
