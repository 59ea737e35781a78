/** The home directory for the command line and the server. */
export { homeIn } from '../host/programs/home.ts';
