"""How much a disclosure gives away: releases, what attackers know and claim, what is true."""
