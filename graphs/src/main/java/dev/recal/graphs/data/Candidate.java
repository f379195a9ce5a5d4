package dev.recal.graphs.data;

import dev.recal.graphs.data.items.ImageHeader;

/**
 * An encoded image that a source has found and whose header is sound.
 *
 * @param name path within the source
 * @param label index of its class among the names given with it
 * @param size of the file in bytes
 * @param checksum of its content where the source has one, else 0
 * @param header format and size
 * @param handle what the source finds its bytes by
 */
public record Candidate(
    String name, int label, long size, long checksum, ImageHeader header, int handle) {}
