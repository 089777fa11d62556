"""What is paid out to operators: recorded by one of finance, confirmed by another, and in the books from then on."""
