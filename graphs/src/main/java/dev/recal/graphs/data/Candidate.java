package dev.recal.graphs.data;

import dev.recal.graphs.data.items.ImageHeader;

/**
 * An encoded image of a source, with a valid header.
 *
 * @param name path within the source
 * @param label index of its class among the names given with it
 * @param size of the file in bytes
 * @param checksum of its content if the source has one, otherwise 0
 * @param header format and size
 * @param handle identifies its bytes within the source
 */
public record Candidate(
    String name, int label, long size, long checksum, ImageHeader header, int handle) {}
