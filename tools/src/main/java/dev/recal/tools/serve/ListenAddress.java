package dev.recal.tools.serve;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * The address that a server listens on, and who can reach it.
 *
 * @param host as the user wrote it
 */
record ListenAddress(String host) {

  /** Returns whether other machines can reach it; an unknown name counts as if they could. */
  boolean isOpen() {
    try {
      return !InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return true;
    }
  }

  /** Returns whether it denotes all addresses of the machine. */
  boolean isWildcard() {
    try {
      return InetAddress.getByName(host).isAnyLocalAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
