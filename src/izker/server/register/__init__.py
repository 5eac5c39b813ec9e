"""The register: reports and cases as append-only events over a current state; any past day can be asked for."""
