package dev.recal.ops.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of a record that is itself a record, without a separate object in JSON: its
 * members are members of the outer record. So records can share settings while their JSON stays
 * flat.
 *
 * <p>No member may have the name of another one. Omitted members use the outer record's {@code
 * defaults()} or, if it has none, the component's.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Flattened {}
