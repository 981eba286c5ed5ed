"""How much a disclosure gives away: releases, what attackers know, what they claim, what is true."""
