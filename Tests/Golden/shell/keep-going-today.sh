$FACTSH --no-init --today 2026-03-01 --mode facts -c "D = today?"
$FACTSH --no-init --today never -c "D = today?"
