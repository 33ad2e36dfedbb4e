// Stands in for is-in-ci in the terminal UI, which starts only where there is a terminal.
export default false;
