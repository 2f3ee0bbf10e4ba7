$FACTSH --mod csv -c "p(1)."
