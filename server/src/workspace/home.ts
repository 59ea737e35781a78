/** Whose folders are looked at, for the command line and the server. */
export { homeIn } from '../host/programs/home.ts';
