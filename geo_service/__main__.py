"""`python -m geo_service …` is `geo-service …`."""

from geo_service.cli import main

if __name__ == "__main__":
    main(prog_name="python -m geo_service")
