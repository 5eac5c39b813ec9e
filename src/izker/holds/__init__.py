"""What to hold: legal clocks, the plan of holds, requests to banks and their answers, apportionment among victims."""
