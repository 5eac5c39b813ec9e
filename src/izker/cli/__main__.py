from izker.cli import main

main()
