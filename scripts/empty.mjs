// Stands in for packages that only a development build of a dependency would load.
export default {};
